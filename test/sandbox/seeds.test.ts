import { describe } from 'node:test';
import { demoCases } from './seeds/demo.ts';
import { largeCases } from './seeds/large.ts';
import { resetCases } from './seeds/reset.ts';

// One process for all of these: to start one takes longer than most of them do.
describe('the demo seed', demoCases);
describe('the plan of the large seed', largeCases);
describe('a reset', resetCases);
