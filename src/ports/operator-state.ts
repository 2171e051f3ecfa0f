import type { OperatorState } from '../domain/operator.ts';
import type { Document } from './state.ts';

/** What people told newleaf while it runs: approvals, freezes, manual requests. Kept until used up or expired. */
export type OperatorBook = Document<OperatorState>;
