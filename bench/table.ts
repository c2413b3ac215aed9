/** Lays rows of text out in columns, the first to the left and the figures to the right. */

export class Table {
  private readonly rows: string[][] = [];

  add(...cells: string[]): void {
    this.rows.push(cells);
  }

  toString(): string {
    const widths: number[] = [];
    for (const row of this.rows) {
      for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
    return this.rows.map((row) => `${layOut(row, widths)}\n`).join('');
  }
}

function layOut(row: string[], widths: number[]): string {
  const cells = row.map((cell, column) => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  });
  return cells.join('  ').trimEnd();
}
