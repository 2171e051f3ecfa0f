import { describe } from 'node:test';
import { apiCases } from './fuzz/api.ts';
import { controlCases } from './fuzz/control.ts';

// One process for all of these: to start one takes longer than most of them do.
describe('anything on the endpoints', apiCases);
describe('anything on the control endpoint', controlCases);
