import { describe } from 'node:test';
import { readsCases } from './reads/reads.ts';
import { moreCases } from './reads/more.ts';
import { pagesCases } from './reads/pages.ts';
import { repeatedPagesCases } from './reads/repeated-pages.ts';
import { lagCases } from './reads/lag.ts';
import { fieldsCases } from './reads/fields.ts';
import { fieldsCertificatesCases } from './reads/fields-certificates.ts';
import { monitorCases } from './reads/monitor.ts';

// One process for all of these: to start one takes longer than most of them do.
describe('what lists and attributes say', readsCases);
describe('more of what reads say', moreCases);
describe('pages of lists', pagesCases);
describe('pages that repeat', repeatedPagesCases);
describe('reads that lag', lagCases);
describe('fields of load balancing', fieldsCases);
describe('fields of certificates', fieldsCertificatesCases);
describe('CloudMonitor', monitorCases);
