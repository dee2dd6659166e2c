export interface Row {
  what: string;
  value: string;
  /** What it has to be, where there is a bar. */
  bar?: string;
  holds?: boolean;
}

/** A figure that may be so much and no more. */
export function atMost(what: string, value: number, most: number, unit: string, digits = 0): Row {
  const bar = `at most ${Number(most.toFixed(digits))} ${unit}`;
  return { what, value: `${value.toFixed(digits)} ${unit}`, bar, holds: value <= most };
}

/** A figure that is told and has no bar. */
export function told(what: string, value: number, unit: string, digits = 0): Row {
  return { what, value: `${value.toFixed(digits)} ${unit}` };
}

export function print(rows: Row[]): void {
  const wide = (column: (row: Row) => string) => Math.max(...rows.map((row) => column(row).length));
  const [what, value, bar] = [
    wide((row) => row.what),
    wide((row) => row.value),
    wide((row) => row.bar ?? ""),
  ];
  for (const row of rows) {
    const verdict = row.holds === undefined ? "" : row.holds ? "holds" : "MISSED";
    console.log(
      `${row.what.padEnd(what)}  ${row.value.padStart(value)}  ${(row.bar ?? "").padEnd(bar)}  ${verdict}`.trimEnd(),
    );
  }
}

export function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
