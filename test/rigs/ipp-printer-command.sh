#!/bin/sh
# Run by ippeveprinter for each job; $1 is the spooled document, in <rig>/spool. What the rig wants to happen stands as
# files in <rig>/control: "condition" holds a printer-state-reason that lasts until the file goes; "fail" aborts the job.
rig=$(dirname "$(dirname "$1")")
told=
forget() { if [ -n "$told" ]; then echo "STATE: -$told" >&2; told=; fi; }
trap 'forget; exit 1' TERM INT
while [ -f "$rig/control/condition" ]; do
  now=$(cat "$rig/control/condition" 2>/dev/null)
  if [ -n "$now" ] && [ "$now" != "$told" ]; then forget; told=$now; echo "STATE: +$told" >&2; fi
  sleep 0.05
done
forget
if [ -f "$rig/control/fail" ]; then echo 'ERROR: the rig was told to fail' >&2; exit 1; fi
env | grep '^IPP_' >"$rig/asked"
# Renamed into place, so that a reader never sees half a document.
cp "$1" "$rig/control/half" && mv "$rig/control/half" "$rig/printed/$(basename "$1")"
