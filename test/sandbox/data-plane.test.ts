import { describe } from 'node:test';
import { servingCases } from './data-plane/serving.ts';
import { addressesCases } from './data-plane/addresses.ts';
import { deletedCases } from './data-plane/deleted.ts';
import { lifeCases } from './data-plane/life.ts';
import { nodesCases } from './data-plane/nodes.ts';
import { overlapCases } from './data-plane/overlap.ts';
import { portCases } from './data-plane/port.ts';
import { zonesCases } from './data-plane/zones.ts';
import { dnsCases } from './data-plane/dns.ts';

// One process for all of these: to start one takes longer than most of them do.
describe('what zones serve', servingCases);
describe('addresses', addressesCases);
describe('deleted certificates', deletedCases);
describe('the life of a listener', lifeCases);
describe('nodes behind an address', nodesCases);
describe('equal matches', overlapCases);
describe('a port', portCases);
describe('zones', zonesCases);
describe('the name server', dnsCases);
