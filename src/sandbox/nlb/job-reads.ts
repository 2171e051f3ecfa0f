import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { type Operation, operation } from '../http/operation.ts';
import { list, text } from '../http/parameters.ts';

const getJobStatus = operation(
  'GetJobStatus',
  z.object({ JobId: text(), ClientToken: text().optional() }),
  (params, call) => {
    const status = call.world.jobs.status(call.region, params.JobId);
    if (status !== null) return { Status: status };
    throw new ApiError('ResourceNotFound.JobId', 'The specified resource of JobId is not found.', {
      status: 404,
    });
  },
);

const listAsynJobs = operation(
  'ListAsynJobs',
  z.object({ JobIds: list(100).optional() }),
  (params, call) => {
    const jobs = (params.JobIds ?? []).flatMap((id) => {
      const status = call.world.jobs.status(call.region, id);
      return status === null ? [] : [{ Id: id, Status: status }];
    });
    return { Jobs: jobs, TotalCount: String(jobs.length) };
  },
);

export const nlbJobReads: readonly Operation[] = [getJobStatus, listAsynJobs];
