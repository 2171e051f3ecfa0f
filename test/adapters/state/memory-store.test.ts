import { memoryStore } from '../../helpers/store.ts';
import { testStreams, testValues } from '../../contract/store.ts';

const store = memoryStore();

testStreams('memory', () => store);
testValues('memory', () => store);
