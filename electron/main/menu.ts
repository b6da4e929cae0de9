import type { MenuItemConstructorOptions } from 'electron';
import type { Texts } from './texts.ts';

/** The menu with the usual keys. Reloading and developer tools exist only from source. */
export const menuTemplate = (
  texts: Texts,
  given: { fromSource: boolean; mac: boolean; openLogs(): void; about(): void },
): MenuItemConstructorOptions[] => {
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const developer: MenuItemConstructorOptions[] = given.fromSource
    ? [separator, { role: 'reload', label: texts.reload }, { role: 'toggleDevTools', label: texts.devTools }]
    : [];
  return [
    { label: texts.application, submenu: [{ role: 'quit', label: texts.quit, accelerator: 'CmdOrCtrl+Q' }] },
    {
      label: texts.edit,
      submenu: [
        { role: 'undo', label: texts.undo },
        { role: 'redo', label: texts.redo },
        separator,
        { role: 'cut', label: texts.cut },
        { role: 'copy', label: texts.copy },
        { role: 'paste', label: texts.paste },
        { role: 'selectAll', label: texts.selectAll },
      ],
    },
    {
      label: texts.view,
      submenu: [
        { role: 'zoomIn', label: texts.zoomIn },
        // The plus of a Czech keyboard is a key of its own; that of others stands on "=".
        { role: 'zoomIn', label: texts.zoomIn, accelerator: 'CmdOrCtrl+=', visible: false },
        { role: 'zoomOut', label: texts.zoomOut },
        { role: 'resetZoom', label: texts.zoomReset },
        separator,
        { role: 'togglefullscreen', label: texts.fullScreen, ...(given.mac ? {} : { accelerator: 'F11' }) },
        ...developer,
      ],
    },
    {
      label: texts.help,
      submenu: [
        { label: texts.openLogs, click: given.openLogs },
        separator,
        { label: texts.about, click: given.about },
      ],
    },
  ];
};
