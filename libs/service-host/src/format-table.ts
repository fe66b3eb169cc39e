/** A table for a terminal: columns as wide as their widest cell, numbers to the right. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), name.length),
  );
  const isNumeric = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[0-9.]*$/.test(row[column] ?? '')),
  );
  const format = (cells: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        return isNumeric[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(format).join('\n');
}
