import { z } from 'zod';
import { type Operation, operation } from '../http/operation.ts';
import { list, text } from '../http/parameters.ts';
import { refused } from './refusals.ts';

/** One translation of the documentation has `processing` in lower case, so a setting does; the others have their capital. */
const getJobStatus = operation(
  'GetJobStatus',
  z.object({ JobId: text(), ClientToken: text().optional() }),
  (params, call) => {
    const status = call.world.jobs.status(call.region, params.JobId);
    if (status === null) throw refused('ResourceNotFound.JobId');
    const lower = status === 'Processing' && call.world.settings.jobStatusCase === 'lower';
    return { Status: lower ? 'processing' : status };
  },
);

/**
 * Jobs that are unknown are left out. Without ids it tells of all that are remembered in the region, which the
 * documentation leaves open. The total is a string.
 */
const listAsynJobs = operation(
  'ListAsynJobs',
  z.object({ JobIds: list(1000).optional() }),
  (params, call) => {
    const { jobs } = call.world;
    const jobRows = (params.JobIds ?? jobs.ids()).flatMap((id) => {
      const status = jobs.status(call.region, id);
      return status === null ? [] : [{ Id: id, Status: status }];
    });
    return { Jobs: jobRows, TotalCount: String(jobRows.length) };
  },
);

export const nlbJobReads: readonly Operation[] = [getJobStatus, listAsynJobs];
