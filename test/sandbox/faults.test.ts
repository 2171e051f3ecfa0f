import { describe } from 'node:test';
import { faultsCases } from './faults/faults.ts';
import { aimedCases } from './faults/aimed.ts';
import { servingCases } from './faults/serving.ts';
import { callsCases } from './faults/calls.ts';

// One process for all of these: to start one takes longer than most of them do.
describe('faults', faultsCases);
describe('faults that are aimed', aimedCases);
describe('faults of zones', servingCases);
describe('faults of calls', callsCases);
