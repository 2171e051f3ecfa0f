import type { KeepJobs } from 'bullmq';

/** The queues. Other programs put manual requests on `request`; their names are part of our interface. */
export const queueNames = {
  scan: 'newleaf-scan',
  rotation: 'newleaf-rotation',
  delivery: 'newleaf-delivery',
  request: 'newleaf-request',
} as const;

/** Finished jobs are kept for people to look at, and so that a tick repeated by another replica is known. In seconds. */
export const keepFinished = { age: 3600, count: 1000 } as const satisfies KeepJobs;
export const keepFailed = { age: 7 * 86_400, count: 1000 } as const satisfies KeepJobs;
