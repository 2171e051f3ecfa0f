import { describe } from 'node:test';
import { writesCases } from './writes/writes.ts';
import { statesCases } from './writes/states.ts';
import { createListenerCases } from './writes/create-listener.ts';

// One process for all of these: to start one takes longer than most of them do.
describe('writes on a listener', writesCases);
describe('states that refuse a write', statesCases);
describe('new listeners', createListenerCases);
