import { z } from 'zod';
import type { slotView } from '../../contract/attachments.ts';
import { failure } from '../../contract/shared.ts';
import type { RawPage } from '../../documents/pictures.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { BRIGHTNESS, inForce, type Treatment, turnedBy, UNTREATED } from '../../values/page-preparation.ts';
import type { Service } from '../visits/record.ts';
import { wasCutOff } from './scans.ts';
import { slotsOf } from './slots.ts';

export type SlotView = z.output<typeof slotView>;

const rotation = z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]);
export type Rotation = z.output<typeof rotation>;
const mode = z.enum(['colour', 'grey', 'bw']);

const treatment = z.strictObject({
  found: z
    .strictObject({
      crop: z
        .strictObject({ x: z.number(), y: z.number(), width: z.int().min(1), height: z.int().min(1) })
        .nullable(),
      skew: z.number(),
      turn: rotation,
      blank: z.boolean(),
    })
    .nullable(),
  undone: z.boolean(),
  brightness: z.literal(BRIGHTNESS),
  startsPart: z.boolean(),
  looking: z
    .strictObject({
      source: z.enum(['flatbed', 'feeder', 'feeder-duplex']),
      crop: z.boolean(),
      straighten: z.boolean(),
      blank: z.boolean(),
      split: z.enum(['none', 'separators', 'blank-sheets']),
    })
    .optional(),
  replaces: z.string().optional(),
  turnOpen: z.literal(true).optional(),
});

export type Page = {
  id: string;
  serviceId: string;
  slotId: string;
  position: number;
  sha256: string;
  rotation: Rotation;
  /** 0 where the picture has no true size (a photograph). */
  dpi: number;
  mode: z.output<typeof mode>;
  treatment: Treatment;
};

/** How a page is shown, bound and read alike. */
export const lookOf = ({ rotation, mode, treatment }: Page): Pick<RawPage, 'rotation' | 'mode' | 'look'> => ({
  rotation,
  mode,
  look: { ...inForce(treatment), brightness: treatment.brightness },
});

type PageRow = {
  id: string;
  service_id: string;
  slot_id: string;
  position: number;
  sha256: string;
  rotation: number;
  dpi: number;
  mode: string;
  treatment: string | null;
};

const toPage = (row: PageRow): Page => ({
  id: row.id,
  serviceId: row.service_id,
  slotId: row.slot_id,
  position: row.position,
  sha256: row.sha256,
  rotation: rotation.parse(row.rotation),
  dpi: row.dpi,
  mode: mode.parse(row.mode),
  treatment: row.treatment === null ? UNTREATED : treatment.parse(JSON.parse(row.treatment)),
});

export type AddedFile = {
  sha256: string;
  name: string;
  pages: number;
  size: number;
  claimsPdfA: string | null;
  warnings: SlotView['warnings'];
};

type FileRow = {
  sha256: string;
  name: string;
  pages: number;
  size: number;
  claims_pdfa: string | null;
  warnings: string;
};

export const pagesIn = (tx: Reader, serviceId: string, slotId: string): Page[] =>
  tx
    .all<PageRow>('SELECT * FROM pages WHERE service_id = ? AND slot_id = ? ORDER BY position', [
      serviceId,
      slotId,
    ])
    .map(toPage);

export function findPage(tx: Reader, id: string): Page | undefined {
  const row = tx.get<PageRow>('SELECT * FROM pages WHERE id = ?', [id]);
  return row && toPage(row);
}

/** Pages that a scan has kept and nobody has looked at, in their order. */
export const pagesToLookAt = (tx: Reader): Page[] =>
  tx
    .all<PageRow>(
      `SELECT p.* FROM visits AS v JOIN services AS s ON s.visit_id = v.id JOIN pages AS p ON p.service_id = s.id
       WHERE json_extract(p.treatment, '$.looking') IS NOT NULL AND v.state IN ('open', 'parked') AND s.state = 'in-progress'
       ORDER BY p.service_id, p.slot_id, p.position`,
      [],
    )
    .map(toPage);

/** Adds a page behind the last one of its slot. */
export function appendPage(tx: Tx, page: Omit<Page, 'position' | 'treatment'>): void {
  tx.run(
    `INSERT INTO pages (id, service_id, slot_id, position, sha256, rotation, dpi, mode)
     VALUES (?, ?, ?, (SELECT coalesce(max(position), -1) + 1 FROM pages WHERE service_id = ? AND slot_id = ?), ?, ?, ?, ?)`,
    [
      page.id,
      page.serviceId,
      page.slotId,
      page.serviceId,
      page.slotId,
      page.sha256,
      page.rotation,
      page.dpi,
      page.mode,
    ],
  );
}

export const rotatePage = (tx: Tx, id: string, to: Rotation): void =>
  void tx.run('UPDATE pages SET rotation = ? WHERE id = ?', [to, id]);

/** A page that is gone meanwhile is left alone. */
export const treatPage = (tx: Tx, id: string, to: Treatment): void =>
  void tx.run('UPDATE pages SET treatment = ? WHERE id = ?', [JSON.stringify(to), id]);

/** Puts a page behind the last one of another slot of its service. */
export const movePageTo = (tx: Tx, { id, serviceId }: Page, slotId: string): void =>
  void tx.run(
    `UPDATE pages SET slot_id = ?, position =
       (SELECT coalesce(max(position), -1) + 1 FROM pages WHERE service_id = ? AND slot_id = ?)
     WHERE id = ?`,
    [slotId, serviceId, slotId, id],
  );

export const deletePage = (tx: Tx, id: string): void => void tx.run('DELETE FROM pages WHERE id = ?', [id]);

/** Numbers the pages of a slot in the given order. */
export function orderPages(tx: Tx, ids: readonly string[]): void {
  ids.forEach((id, position) => {
    tx.run('UPDATE pages SET position = ? WHERE id = ?', [position, id]);
  });
}

export function fileIn(tx: Reader, serviceId: string, slotId: string): AddedFile | null {
  const row = tx.get<FileRow>('SELECT * FROM added_files WHERE service_id = ? AND slot_id = ?', [
    serviceId,
    slotId,
  ]);
  return row
    ? {
        sha256: row.sha256,
        name: row.name,
        pages: row.pages,
        size: row.size,
        claimsPdfA: row.claims_pdfa,
        warnings: z.array(failure).parse(JSON.parse(row.warnings)),
      }
    : null;
}

export function saveFile(tx: Tx, serviceId: string, slotId: string, file: AddedFile): void {
  tx.run(
    `INSERT INTO added_files (service_id, slot_id, sha256, name, pages, size, claims_pdfa, warnings)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      serviceId,
      slotId,
      file.sha256,
      file.name,
      file.pages,
      file.size,
      file.claimsPdfA,
      JSON.stringify(file.warnings),
    ],
  );
}

export const deleteFile = (tx: Tx, serviceId: string, slotId: string): void =>
  void tx.run('DELETE FROM added_files WHERE service_id = ? AND slot_id = ?', [serviceId, slotId]);

const changesOf = (found: Treatment['found']): SlotView['pages'][number]['changes'] => [
  ...(found?.crop ? (['cropped'] as const) : []),
  ...(found && found.skew !== 0 ? (['straightened'] as const) : []),
  ...(found && found.turn !== 0 ? (['turned'] as const) : []),
];

export function slotViewOf(tx: Reader, serviceId: string, slotId: string): SlotView {
  const file = fileIn(tx, serviceId, slotId);
  const pages = pagesIn(tx, serviceId, slotId);
  return {
    slotId,
    pages: pages.map((page, index) => ({
      id: page.id,
      index,
      rotation: page.rotation,
      lies: turnedBy(inForce(page.treatment).turn, page.rotation),
      mode: page.mode,
      changes: changesOf(page.treatment.found),
      undone: page.treatment.undone,
      brightness: page.treatment.brightness,
      blank: page.treatment.found?.blank ?? false,
      startsPart: index > 0 && page.treatment.startsPart,
    })),
    file: file && { name: file.name, pages: file.pages, size: file.size, claimsPdfA: file.claimsPdfA },
    warnings: [
      ...(file?.warnings ?? []),
      ...(wasCutOff(tx, serviceId, slotId)
        ? [{ code: 'attachments.scan-cut-off', params: { pages: pages.length } }]
        : []),
    ],
  };
}

export const slotViews = (tx: Reader, service: Service): SlotView[] =>
  slotsOf(service).map((slot) => slotViewOf(tx, service.id, slot.id));
