// Wrote the files of plan.json with SheetJS 0.18.5, exceljs 4.4.0 and excelize-wasm 0.1.3.
// Run it where the three are installed: `node write.js FOLDER`.
const fs = require('fs'), path = require('path');
const XLSX = require('xlsx'), ExcelJS = require('exceljs'), { init } = require('excelize-wasm');
const folder = process.argv[2], plan = JSON.parse(fs.readFileSync(path.join(folder, 'plan.json')));
const isFilled = (cell) => cell.value !== null || cell.error || cell.formula;
const name = (row, column) => XLSX.utils.encode_cell({ r: row, c: column });
const area = ([top, left, bottom, right]) => ({ s: { r: top, c: left }, e: { r: bottom, c: right } });
const KINDS = { number: 'n', string: 's', boolean: 'b' };
const each = (page, visit) => page.rows.forEach((row, r) => row.forEach((cell, c) => { if (isFilled(cell)) visit(r, c, cell); }));

function withSheetJs(book, file) {
  const target = XLSX.utils.book_new();
  target.Workbook = { Sheets: book.pages.map((page) => ({ Hidden: page.is_hidden ? 1 : 0 })), WBProps: { date1904: book.is_1904 } };
  for (const page of book.pages) {
    const sheet = { '!merges': page.merges.map(area), '!rows': [], '!cols': [] };
    const width = Math.max(1, ...page.rows.map((row) => row.length));
    sheet['!ref'] = XLSX.utils.encode_range({ s: { r: 0, c: 0 }, e: { r: Math.max(0, page.rows.length - 1), c: width - 1 } });
    each(page, (r, c, cell) => {
      const made = cell.error ? { t: 'e', v: 0x2a, f: 'NA()' } : { t: KINDS[typeof cell.value] || 'n', v: cell.value };
      if (cell.formula) made.f = cell.formula;
      if (cell.formula && cell.value === null) delete made.v;
      if (cell.code) made.z = cell.code;
      sheet[name(r, c)] = made;
    });
    page.hidden_rows.forEach((row) => { sheet['!rows'][row] = { hidden: true }; });
    page.hidden_columns.forEach((column) => { sheet['!cols'][column] = { hidden: true }; });
    XLSX.utils.book_append_sheet(target, sheet, page.name);
  }
  const kinds = { xlsx: 'xlsx', xlsb: 'xlsb', xls: 'biff8', xml: 'xlml', ods: 'ods', html: 'html', csv: 'csv' };
  XLSX.writeFile(target, file, { bookType: kinds[path.extname(file).slice(1)], cellStyles: true, compression: true });
}

async function withExcelJs(book, file) {
  const target = new ExcelJS.Workbook();
  target.properties.date1904 = book.is_1904;
  for (const page of book.pages) {
    const sheet = target.addWorksheet(page.name, { state: page.is_hidden ? 'hidden' : 'visible' });
    each(page, (r, c, cell) => {
      const place = sheet.getCell(r + 1, c + 1);
      place.value = cell.value;
      if (cell.error) place.value = { formula: 'NA()', result: { error: cell.error } };
      if (cell.formula) place.value = { formula: cell.formula, ...(cell.value === null ? {} : { result: cell.value }) };
      if (cell.code) place.numFmt = cell.code;
      if (cell.is_struck) place.font = { strike: true };
    });
    page.merges.forEach(([top, left, bottom, right]) => sheet.mergeCells(top + 1, left + 1, bottom + 1, right + 1));
    page.hidden_rows.forEach((row) => { sheet.getRow(row + 1).hidden = true; });
    page.hidden_columns.forEach((column) => { sheet.getColumn(column + 1).hidden = true; });
  }
  await target.xlsx.writeFile(file);
}

function withExcelize(excelize, book, file) {
  const target = excelize.NewFile();
  book.pages.forEach((page, number) => {
    if (number === 0) target.SetSheetName('Sheet1', page.name); else target.NewSheet(page.name);
    each(page, (r, c, cell) => {
      const at = name(r, c);
      if (cell.formula) target.SetCellFormula(page.name, at, cell.formula);
      else if (typeof cell.value === 'boolean') target.SetCellBool(page.name, at, cell.value);
      else target.SetCellValue(page.name, at, cell.value);
      if (!cell.code && !cell.is_struck) return;
      const style = { Font: { Strike: cell.is_struck }, CustomNumFmt: cell.code || 'General' };
      target.SetCellStyle(page.name, at, at, target.NewStyle(style).style);
    });
    page.merges.forEach(([top, left, bottom, right]) => target.MergeCell(page.name, name(top, left), name(bottom, right)));
    page.hidden_rows.forEach((row) => target.SetRowVisible(page.name, row + 1, false));
    page.hidden_columns.forEach((column) => target.SetColVisible(page.name, XLSX.utils.encode_col(column), false));
  });
  book.pages.forEach((page) => { if (page.is_hidden) target.SetSheetVisible(page.name, false); });
  fs.writeFileSync(file, target.WriteToBuffer().buffer);
}

(async () => {
  const excelize = await init(require.resolve('excelize-wasm/excelize.wasm.gz'));
  for (const { writer, file, book } of plan) {
    const to = path.join(folder, file);
    try {
      if (writer === 'SheetJS') withSheetJs(book, to);
      if (writer === 'exceljs') await withExcelJs(book, to);
      if (writer === 'excelize') withExcelize(excelize, book, to);
    } catch (error) { console.error(file, String(error)); }
  }
  process.exit(0);
})();
