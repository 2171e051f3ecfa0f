import { testCount } from '../../helpers/lab/explore.ts';
import { testKills } from '../../helpers/lab/kills.ts';

// Thousands of processes are killed by an error each; nobody reads where.
Error.stackTraceLimit = 0;

testKills(['default', 'ca']);
testKills(['additional', 'additional without room'], 2);
testKills(['all three'], 3);
testCount(10_000);
