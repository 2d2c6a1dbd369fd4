// Calculates workbooks with HyperFormula: node hyperformula.cjs IN.json OUT.json
//
// IN holds a list of workbooks, each {sheet: rows of cells}: null, a number, a truth value, a text
// or a formula that begins with "=". OUT holds the same with the values of all cells; an error is
// {"error": "#N/A"}.
const fs = require("fs");
const { DetailedCellError, HyperFormula } = require("hyperformula");

// As Excel has it: a link to an empty cell is 0, texts are compared whatever their case.
const options = {
  licenseKey: "gpl-v3",
  evaluateNullToZero: true,
  caseSensitive: false,
  useArrayArithmetic: true,
};

const shown = (value) => (value instanceof DetailedCellError ? { error: value.value } : value);
const calculated = (sheets) => {
  const engine = HyperFormula.buildFromSheets(sheets, options);
  const values = engine.getAllSheetsValues();
  engine.destroy();
  for (const rows of Object.values(values)) rows.forEach((row, at) => (rows[at] = row.map(shown)));
  return values;
};

const [source, target] = process.argv.slice(2);
fs.writeFileSync(target, JSON.stringify(JSON.parse(fs.readFileSync(source, "utf8")).map(calculated)));
