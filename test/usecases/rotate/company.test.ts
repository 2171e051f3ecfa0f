import { testPairs, testSleepers, testThirdParties } from '../../helpers/lab/company.ts';
import { testCount } from '../../helpers/lab/explore.ts';

// Thousands of processes are killed by an error each; nobody reads where.
Error.stackTraceLimit = 0;

testThirdParties(1);
testSleepers(4);
testPairs(80);
testCount(10_000);
