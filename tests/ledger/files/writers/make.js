// Wrote the ledger of these files with SheetJS 0.18.5, exceljs 4.4.0 and excelize-wasm 0.1.3.
// Run it where the three are installed: `node make.js FOLDER`.
const fs = require('fs'), path = require('path');
const XLSX = require('xlsx'), ExcelJS = require('exceljs'), { init } = require('excelize-wasm');
const to = (name) => path.join(process.argv[2], name);
const TITLE = '渝中区基金台账', STREET = '大溪沟街道', OTHER = '石油路街道';
const HEADS = ['序号', '基金名称', '街道', '设立日期', '起始资金', '到账金额', '比例', '是否', '错误', '公式', '未计算'];
const CODES = { D3: 'yyyy"年"m"月"d"日"', E3: '#,##0.00', F3: '0.00"万元"', G3: '0.0%', F4: '0!.0,"万"',
  D4: 'yyyy-mm-dd', D5: 'yyyy-mm-dd', D6: 'yyyy-mm-dd' };
const VALUES = { A3: 1, B3: '甲基金', C3: STREET, D3: 46081, E3: 1234.5, F3: 12.5, G3: 0.125, H3: true,
  A4: 2, B4: '乙基金', D4: 46081.99999999, E4: 5, F4: 50000, H4: false,
  A5: 3, B5: '丙基金', C5: STREET, D5: 46081, E5: 7, A6: 4, B6: '丁基金', C6: OTHER, D6: 46081, E6: 8, A7: 5 };
HEADS.forEach((head, at) => { VALUES['ABCDEFGHIJK'[at] + '2'] = head; });

function withSheetJs() {
  const sheet = { '!ref': 'A1:K7', A1: { t: 's', v: TITLE }, I3: { t: 'e', v: 7, f: '1/0' },
    J3: { t: 'n', v: 2, f: '1+1' }, K3: { t: 'n', f: '1+1' }, B7: { t: 's', v: '旧新' } };
  for (const [cell, v] of Object.entries(VALUES)) {
    sheet[cell] = { t: { number: 'n', string: 's', boolean: 'b' }[typeof v], v, z: CODES[cell] };
  }
  sheet['!merges'] = ['A1:K1', 'C3:C4'].map(XLSX.utils.decode_range);
  sheet['!rows'] = [, , , , , { hidden: true }]; sheet['!cols'] = [, , , , , , { hidden: true }];
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, sheet, '台账');
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([['x']]), '数据源');
  book.Workbook = { Sheets: [{ Hidden: 0 }, { Hidden: 1 }] };
  const kinds = { xlsx: 'xlsx', xlsb: 'xlsb', biff8: 'xls', xlml: 'xml', ods: 'ods', html: 'html', csv: 'csv' };
  for (const [bookType, ending] of Object.entries(kinds)) {
    XLSX.writeFile(book, to(`sheetjs.${ending}`), { bookType, cellStyles: true, compression: true });
  }
}

async function withExcelJs() {
  const book = new ExcelJS.Workbook(), sheet = book.addWorksheet('台账');
  for (const [cell, value] of Object.entries(VALUES)) {
    sheet.getCell(cell).value = value;
    if (CODES[cell]) sheet.getCell(cell).numFmt = CODES[cell];
    if (cell.endsWith('5')) sheet.getCell(cell).font = { strike: true };
  }
  sheet.getCell('A1').value = TITLE;
  sheet.getCell('I3').value = { formula: '1/0', result: { error: '#DIV/0!' } };
  sheet.getCell('J3').value = { formula: '1+1', result: 2 };
  sheet.getCell('K3').value = { formula: '1+1' };
  sheet.getCell('B7').value = { richText: [{ font: { strike: true }, text: '旧' }, { text: '新' }] };
  sheet.mergeCells('A1:K1'); sheet.mergeCells('C3:C4');
  sheet.getRow(6).hidden = true; sheet.getColumn(7).hidden = true;
  const hidden = book.addWorksheet('数据源');
  hidden.getCell('A1').value = 'x'; hidden.state = 'hidden';
  await book.xlsx.writeFile(to('exceljs.xlsx'));
}

async function withExcelize() {
  const excelize = await init(require.resolve('excelize-wasm/excelize.wasm.gz'));
  const book = excelize.NewFile();
  book.SetSheetName('Sheet1', '台账');
  for (const [cell, value] of Object.entries({ A1: TITLE, ...VALUES })) {
    const Font = { Strike: cell.endsWith('5') }, CustomNumFmt = CODES[cell] || 'General';
    if (typeof value === 'boolean') book.SetCellBool('台账', cell, value);
    else book.SetCellValue('台账', cell, value);
    book.SetCellStyle('台账', cell, cell, book.NewStyle({ Font, CustomNumFmt }).style);
  }
  for (const cell of ['I3', 'J3', 'K3']) book.SetCellFormula('台账', cell, cell === 'I3' ? '1/0' : '1+1');
  book.SetCellRichText('台账', 'B7', [{ Text: '旧', Font: { Strike: true } }, { Text: '新' }]);
  book.MergeCell('台账', 'A1', 'K1'); book.MergeCell('台账', 'C3', 'C4');
  book.SetRowVisible('台账', 6, false); book.SetColVisible('台账', 'G', false);
  book.NewSheet('数据源'); book.SetCellValue('数据源', 'A1', 'x'); book.SetSheetVisible('数据源', false);
  fs.writeFileSync(to('excelize.xlsx'), book.WriteToBuffer().buffer);
}

withSheetJs();
withExcelJs().then(withExcelize).then(() => process.exit(0));
