import { describe } from 'node:test';
import { listCases } from './certificates/list.ts';
import { ordersCases } from './certificates/orders.ts';
import { repositoriesCases } from './certificates/repositories.ts';
import { uploadCases } from './certificates/upload.ts';
import { renewalsCases } from './certificates/renewals.ts';
import { pcaCases } from './certificates/pca.ts';
import { x509Cases } from './certificates/x509.ts';

// One process for all of these: to start one takes longer than most of them do.
describe('the list of certificates', listCases);
describe('orders', ordersCases);
describe('repositories', repositoriesCases);
describe('uploads and deletions', uploadCases);
describe('renewals', renewalsCases);
describe('private CAs', pcaCases);
describe('certificates that are made', x509Cases);
