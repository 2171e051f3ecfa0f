import { testKills } from '../../helpers/lab/kills.ts';

testKills(['additional', 'additional without room']);
