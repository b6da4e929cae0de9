import type { PrinterCondition, PrinterConditionCode } from './port.ts';

/**
 * printer-state-reasons (RFC 8011, 5.4.12, and PWG 5100.9) as conditions with a sentence. The suffixes -report, -warning
 * and -error tell how bad it is; printers use them loosely (an empty tray as a "warning"), so what stands in the way of
 * paper counts as blocking whatever its suffix.
 */
const meanings: [RegExp, PrinterConditionCode, blocking: boolean][] = [
  [/^(media-empty|input-media-supply-empty)$/, 'printer.out-of-paper', true],
  // Paper there is, but not the paper the job asks for (RFC 8011, 5.4.12).
  [/^media-needed$/, 'printer.wrong-paper', true],
  [/^(media-low|input-media-supply-low)$/, 'printer.paper-low', false],
  [/^(media-jam|.*-jam)$/, 'printer.jammed', true],
  [/^(door-open|cover-open|interlock-open|.*-(cover|door|interlock)-open)$/, 'printer.cover-open', true],
  [/^(toner-empty|marker-supply-empty|marker-supply-missing|opc-life-over)$/, 'printer.out-of-toner', true],
  [/^(toner-low|marker-supply-low|opc-near-eol)$/, 'printer.toner-low', false],
  [/^(offline|shutdown|power-down|timed-out|connecting-to-device|deactivated)$/, 'printer.offline', true],
  // It saves power and takes jobs; waking takes a while.
  [/^(standby|suspend|hibernate|power-up|.*sleep.*)$/, 'printer.asleep', false],
  [/^(paused|moving-to-paused|stopping|hold-new-jobs)$/, 'printer.paused', true],
  [/^(output-area-full|output-tray-missing|output-mailbox-.*full)$/, 'printer.output-full', true],
  [/^(input-tray-missing|input-.*-missing)$/, 'printer.tray-missing', true],
  [/^(spool-area-full|.*-memory-full|memory-exhausted)$/, 'printer.memory-full', true],
];

/** Said by idle and healthy printers too. */
const harmless =
  /^(none|cups-.*|output-area-almost-full|marker-waste-almost-full|stopped-partly|identify-printer-requested|resuming|wait-for-.*)$/;

export const conditionsOf = (reasons: readonly string[]): PrinterCondition[] => {
  const conditions = reasons.flatMap((reason): PrinterCondition[] => {
    const severity = /-(report|warning|error)$/.exec(reason)?.[1];
    const bare = reason.replace(/-(report|warning|error)$/, '');
    if (harmless.test(bare)) return [];
    const meaning = meanings.find(([pattern]) => pattern.test(bare));
    if (meaning) return [{ code: meaning[1], blocking: meaning[2] }];
    // A keyword of the maker's own: shown as it is when the printer calls it an error, else nobody is bothered.
    return severity === 'report' || severity === 'warning'
      ? []
      : [
          {
            code: 'printer.needs-attention',
            params: { reason: bare.slice(0, 60) },
            blocking: severity === 'error',
          },
        ];
  });
  return conditions.filter(
    ({ code }, index) => conditions.findIndex((other) => other.code === code) === index,
  );
};
