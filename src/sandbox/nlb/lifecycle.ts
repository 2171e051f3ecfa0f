import { z } from 'zod';
import { type Operation, operation } from '../http/operation.ts';
import type { Listener, ListenerStatus } from './model.ts';
import { refused } from './refusals.ts';
import { type ListenerEdit, writeListener, writeParameters } from './write.ts';

const parameters = z.object(writeParameters);

const startListener = operation('StartListener', parameters, (params, call) =>
  writeListener(params, call, {
    edit: (listener) => move(listener, 'Stopped', 'Starting', 'Running'),
  }),
);

const stopListener = operation('StopListener', parameters, (params, call) =>
  writeListener(params, call, {
    edit: (listener) => move(listener, 'Running', 'Stopping', 'Stopped'),
  }),
);

const deleteListener = operation('DeleteListener', parameters, (params, call) =>
  writeListener(params, call, {
    edit: () => ({ ...unchanged, done: null, meanwhile: 'Deleting', afterwards: 'Deleting' }),
  }),
);

export const nlbLifecycle: readonly Operation[] = [startListener, stopListener, deleteListener];

const unchanged = {
  during: (now: Listener) => now,
  done: (now: Listener) => now,
  undo: (now: Listener) => now,
};

function move(
  listener: Listener,
  from: ListenerStatus,
  meanwhile: ListenerStatus,
  afterwards: ListenerStatus,
): ListenerEdit {
  if (listener.status !== from) throw refused('IncorrectStatus.listener', listener.id);
  return { ...unchanged, meanwhile, afterwards };
}
