#!/usr/bin/env bash
# SheetJS (npm xlsx 0.18.5) writes a workbook with an error cell and a day to .ods: the error cell comes out empty and
# the day as a bare number without a date style, while .xlsx, .xlsb and .xls from the same workbook keep both. Whoever
# reads the .ods sees an amount that was never given where the sheet says #DIV/0!, and 46081 where it says 2026-02-28.
# Output seen: "xlsx: #DIV/0! 2026-02-28 | xls: #DIV/0! 2026-02-28 | ods: (empty) 46081".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null
cat >check.js <<'JS'
const XLSX = require('xlsx');
const sheet = { '!ref': 'A1:B1', A1: { t: 'e', v: 7, f: '1/0' }, B1: { t: 'n', v: 46081, z: 'yyyy-mm-dd' } };
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, sheet, 'Sheet1');
const shown = (bookType) => {
  const read = XLSX.read(XLSX.write(book, { type: 'buffer', bookType }), { cellNF: true }).Sheets.Sheet1;
  return ['A1', 'B1'].map((name) => (read[name] ? read[name].w || String(read[name].v) : '(empty)')).join(' ');
};
console.log(['xlsx', 'xls', 'ods'].map((type) => `${type}: ${shown(type)}`).join(' | '));
JS
echo "xlsx $(node -p "require('xlsx/package.json').version"), node $(node --version)"
found=$(node check.js)
echo "$found"
[ "$found" = "xlsx: #DIV/0! 2026-02-28 | xls: #DIV/0! 2026-02-28 | ods: (empty) 46081" ]
