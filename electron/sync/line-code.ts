/** Why the portal cannot be asked now. None of them says that anything was lost. */
export type LineCode =
  | 'line.down'
  | 'line.time-out'
  | 'line.not-the-portal'
  | 'line.captive-portal'
  | 'line.certificate'
  | 'line.clock-wrong'
  | 'line.proxy'
  | 'line.portal-failed'
  | 'line.portal-busy'
  | 'line.desk-unknown'
  | 'line.not-enrolled';
