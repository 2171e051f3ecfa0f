/**
 * Puts hints on the queues. A lost, repeated or late hint does no harm: the store is the truth and `reconcile` adds
 * what is missing. Every method is idempotent per id and generation.
 */
export interface Dispatcher {
  scan(at: Date): Promise<void>;
  rotation(rotationId: string): Promise<void>;
  delivery(sink: string): Promise<void>;
}
