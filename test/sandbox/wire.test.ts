import { describe } from 'node:test';
import { wireCases } from './wire/wire.ts';
import { hostileCases } from './wire/hostile.ts';
import { refusalsCases } from './wire/refusals.ts';
import { signatureCases } from './wire/signature.ts';
import { ratesCases } from './wire/rates.ts';

// One process for all of these: to start one takes longer than most of them do.
describe('the wire', wireCases);
describe('hostile requests', hostileCases);
describe('refusals of the gateway', refusalsCases);
describe('signatures', signatureCases);
describe('rates', ratesCases);
