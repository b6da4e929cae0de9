throw new Error(
  "This test imports 'electron', which is there only in an Electron process. Test the part apart from it.",
);
