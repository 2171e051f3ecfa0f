import { testCount } from '../../helpers/lab/explore.ts';
import { testKills } from '../../helpers/lab/kills.ts';

// Thousands of processes are killed by an error each; nobody reads where.
Error.stackTraceLimit = 0;

testKills(['default', 'ca', 'additional', 'additional without room', 'all three']);
testCount(12_000);
