/** Stands in for the process that watches USB: says once what there is, and hangs as a driver does that never comes back. */
process.send?.({ type: 'devices', devices: [] }, () => {
  for (;;);
});
