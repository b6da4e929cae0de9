#!/bin/sh
# Runs Electron as nobody when the caller is root, so that Chromium's sandbox is on. One program, because Playwright
# starts one. VIRTUOS_ELECTRON is the program; HOME and XAUTHORITY must be that user's already.
exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs "$VIRTUOS_ELECTRON" "$@"
