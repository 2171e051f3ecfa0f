import { testKills } from '../../helpers/lab/kills.ts';

testKills(['default', 'ca']);
testKills(['all three'], 3);
