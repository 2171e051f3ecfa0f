/** Actions whose metadata lists POST only. */
export const nlbPostOnly: ReadonlySet<string> = new Set([
  'ListSecurityPolicy',
  'UpdateListenerAttribute',
  'AssociateAdditionalCertificatesWithListener',
  'DisassociateAdditionalCertificatesWithListener',
  'CreateListener',
  'StartListener',
  'StopListener',
  'DeleteListener',
]);
