"""Changes that no test can find, or that none should, by module, line and change, and why.

The change is as ``python -m tests.mutants`` prints it; ``*`` stands for every change of a line.
"""

# ruff: noqa: E501
_ROOM = "bounds memory or time: the answers are the same"
_FLAG = "a flag that only its 1 is asked for"
_LONG = "the long way comes to the same"

UNSEEN: dict[str, dict[tuple[str, str], str]] = {
    "calculator/parity/causes.py": {
        (
            "if place is None or not (is_own or finding is self._by_place.get(place)):",
            "place is None or not (is_own or finding is self._by_place.get(place))  ->  not (is_own or finding is self._by_place.get(place))",
        ): "of no place nothing is known",
        (
            "return place_of(finding.cell)[0] if finding.cell else 0",
            "0  ->  -1",
        ): "no row of a worksheet is 0, or -1",
        (
            'if each.place and (each.severity != "warning" or each.code in LOST_QUIETLY):',
            "each.place and (each.severity != 'warning' or each.code in LOST_QUIETLY)  ->  each.severity != 'warning' or each.code in LOST_QUIETLY",
        ): "what has no place is asked for by none",
        (
            "return finding.sheet == sheet.name and finding.column in headers",
            "finding.sheet == sheet.name and finding.column in headers  ->  finding.column in headers",
        ): "no input of another sheet is called as one of the node table",
    },
    "calculator/measures.py": {
        (
            "known = [next((each for each in numbers if each is not None), 0) for numbers in left]",
            "0  ->  1",
        ): "of what is not known nothing is short",
    },
    "calculator/parity/lists_of_types.py": {
        ("return [], 0, 0", "*"): "where no type is missing, the numbers of others say nothing",
        (
            "if names.keys() <= package.rows_of(sheet, column).keys():",
            "names.keys() <= package.rows_of(sheet, column).keys()  ->  names.keys() < package.rows_of(sheet, column).keys()",
        ): _LONG,
    },
    "calculator/parity/neighbours.py": {
        (
            "cells = [a1(*at) for at in beside if min(at) > 0]",
            "min(at) > 0  ->  min(at) >= 0",
        ): "above the first row, and before the first column, nothing is found",
        (
            "cells = [a1(*at) for at in beside if min(at) > 0]",
            "0  ->  -1",
        ): "above the first row, and before the first column, nothing is found",
        (
            "there = self._beside(finding, a1(*at)) if min(at) > 0 else None",
            "0  ->  -1",
        ): "above the first row, and before the first column, nothing is found",
        (
            "_BACK = (1, 2, 3)",
            "3  ->  4",
        ): "a margin: no block of results has more other cells between them",
    },
    "calculator/parity/comparison.py": {
        (
            "value = self.sheet.cells.get((rows[0], self.layout.columns[columns[0].name]), _NO_CELL)[0]",
            "*",
        ): _LONG,
        ('return "" if value == "" else None', "*"): _LONG,
        (
            "if row is None or len(columns) < 2 or any(each != _NO_CELL for each in held):",
            "len(columns) < 2  ->  len(columns) <= 2",
        ): "no sheet has two columns with formulas",
        (
            'which = ", ".join(letters) if len(letters) < 5 else f"{letters[0]} to {letters[-1]}"',
            "5  ->  6",
        ): "no sheet has five columns with formulas",
        (
            "same = found == value and type(found) is not bool",
            "type(found) is not bool  ->  type(found) is bool",
        ): _LONG,
        (
            "alike = layout.table is not None and recorded == list(zip(wanted, repeat(text)))",
            "zip(wanted, repeat(text))  ->  zip(wanted)",
        ): _LONG,
        (
            "alike = layout.table is not None and recorded == list(zip(wanted, repeat(text)))",
            "zip(wanted, repeat(text))  ->  zip(repeat(text), wanted)",
        ): _LONG,
        (
            'wanted = [nothing if value == "" or value == NOTHING else value for value in expected]',
            "''  ->  '?'",
        ): _LONG,
        (
            'wanted = [nothing if value == "" or value == NOTHING else value for value in expected]',
            "value == '' or value == NOTHING  ->  value == NOTHING",
        ): _LONG,
        (
            'wanted = [nothing if value == "" or value == NOTHING else value for value in expected]',
            "value == '' or value == NOTHING  ->  value == '' and value == NOTHING",
        ): _LONG,
        (
            "text = layout.formula(column.name, layout.first_row, spare=spare)",
            "layout.formula(column.name, layout.first_row, spare=spare)  ->  layout.formula(column.name, layout.first_row)",
        ): _LONG,
        (
            "text = layout.formula(column.name, layout.first_row, spare=spare)",
            "layout.formula(column.name, layout.first_row, spare=spare)  ->  layout.formula(column.name, spare=spare)",
        ): "in a table a formula reads the same in every row",
        (
            "text = layout.formula(column.name, layout.first_row, spare=spare)",
            "layout.formula(column.name, layout.first_row, spare=spare)  ->  layout.formula(layout.first_row, spare=spare)",
        ): _LONG,
        (
            "text = layout.formula(column.name, layout.first_row, spare=spare)",
            "layout.formula(column.name, layout.first_row, spare=spare)  ->  layout.formula(layout.first_row, column.name, spare=spare)",
        ): _LONG,
        (
            "if row is None or len(columns) < 2 or any(each != _NO_CELL for each in held):",
            "2  ->  3",
        ): "no sheet has two columns of formulas",
        (
            "if is_known and (same or not self.with_values):",
            "same or not self.with_values  ->  same and (not self.with_values)",
        ): _LONG,
        (
            "held = (self.sheet.cells.get((row or 0, each), _NO_CELL) for each in columns)",
            "0  ->  1",
        ): "a cell that stands alone is in no row of the table",
        ("_MOST_DECLARED = 1_000", "*"): _ROOM,
        (
            'wanted = [nothing if value == "" or value == NOTHING else value for value in expected]',
            "value == '' or value == NOTHING  ->  value == ''",
        ): _LONG,
        (
            "value = self.sheet.cells.get((rows[0], self.layout.columns[columns[0].name]), _NO_CELL)[0]",
            "0  ->  1",
        ): "any spare row tells, and any column",
        (
            "if is_known and (same or not self.with_values):",
            "same or not self.with_values  ->  not self.with_values",
        ): _LONG,
        (
            'elif "#REF!" in found:',
            "'#REF!'  ->  'REF!'",
        ): "only where a sheet is called REF, other words are said",
        (
            "return bool(abs(found - expected) <= TOLERANCE * max(abs(found), abs(expected)))",
            "max  ->  min",
        ): "they differ by no more than the tolerance",
        (
            "if is_known and (same or not self.with_values):",
            "same or not self.with_values  ->  same",
        ): "passes over sooner what is judged to be right later",
    },
    "calculator/parity/data_sheets.py": {
        (
            "for row, value in zip(rows, expected.tolist(), strict=True):",
            "zip(rows, expected.tolist(), strict=True)  ->  zip(expected.tolist(), rows, strict=True)",
        ): _LONG,
        (
            "known = known or found is not None",
            "known or found is not None  ->  found is not None",
        ): _LONG,
        (
            'if value > 0 and found != value and not (found is None or found == ""):',
            "value > 0 and found != value and (not (found is None or found == ''))  ->  value > 0 and (not (found is None or found == ''))",
        ): _LONG,
        (
            'if value > 0 and found != value and not (found is None or found == ""):',
            "value > 0 and found != value and (not (found is None or found == ''))  ->  value > 0 and found != value",
        ): _LONG,
    },
    "calculator/gate.py": {
        ('name = ""', "''  ->  '?'"): "no suppression asks for it",
        (
            "findings[number] = replace(each, because_of=first.setdefault(done, None))",
            "first.setdefault(done, None)  ->  first.setdefault(done)",
        ): "None is what it gives by default",
        (
            "if self.is_updating and self.baseline is not None:",
            "self.is_updating and self.baseline is not None  ->  self.is_updating",
        ): "there is no updating without one, which a type checker cannot know",
    },
    "calculator/model/vpc_cni/verdict.py": {
        (
            "applies = where(known_here, self.when, number(0) > 0)",
            "where(known_here, self.when, number(0) > 0)  ->  where(self.when, known_here, number(0) > 0)",
        ): "both must hold",
    },
    "calculator/model/vpc_cni/remarks.py": {
        ("figure: Operand = 0", "*"): "stands in no words where none is given",
    },
    "calculator/model/functions.py": {
        (
            "return np.maximum(one, other)",
            "np.maximum(one, other)  ->  np.maximum(other, one)",
        ): "the larger of two is so in either order",
    },
    "calculator/model/vpc_cni/groups.py": {
        (
            "roundup(_ZONE * _MOST_UNITS / maximum(1, _UNITS)),",
            "1  ->  0",
        ): "where there are no units the other branch is taken",
    },
    "calculator/model/engine.py": {
        (
            "tables.plans.seen.find(Name(result.name))",
            "tables.plans.seen.find(Name(result.name))  ->  pass",
        ): "what was not evaluated is once it is asked for",
        (
            'limits = figures["catalog_max_enis"] + figures["catalog_ipv4_per_eni"]',
            "figures['catalog_max_enis'] + figures['catalog_ipv4_per_eni']  ->  figures['catalog_max_enis'] - figures['catalog_ipv4_per_eni']",
        ): "where one is not a number neither is the other",
        (
            "values.ndim == 0 or (values.size == 1 and self._level is self._tables.plans)",
            "1  ->  0",
        ): "of one plan a number is as good as an array of one, and quicker",
        (
            "if sheet and sheet != tables.sheet.name:",
            "sheet and sheet != tables.sheet.name  ->  sheet",
        ): "a sheet finds what is its own in either way",
        (
            "book = Book(model, model.sheets, settings, nothing, np.array([0]))",
            "0  ->  1",
        ): "settings that are one value are never asked by plan",
    },
    "calculator/model/expression.py": {
        (
            'if isinstance(right, _Operation) and right.sign in ("+", "-"):',
            "'+'  ->  '?'",
        ): "the same sum, with parentheses",
    },
    "calculator/model/ranges.py": {
        (
            "pairs = zip(self.children, self._others.values(), strict=True)",
            "zip(self.children, self._others.values(), strict=True)  ->  zip(self._others.values(), self.children, strict=True)",
        ): "a value is not a cell as the cell is not the value",
        ("_, belongs_to, size = columns[0]", "0  ->  -1"): "all columns of a table are as long",
    },
    "calculator/model/result.py": {
        (
            "verdict = verdict_of(book, 0) if declared.plan else _verdict_in(tables)",
            "0  ->  -1",
        ): "there is one plan",
    },
    "calculator/model/vpc_cni/ipamd.py": {
        (
            'LOWERED_BY_ENIS = where(both(_OWN == 0, ref("os") != "Windows", either(_MANAGED, _AUTO_MODE)), 1, 0)',
            "0  ->  -1",
        ): _FLAG,
    },
    "calculator/model/vpc_cni/modes.py": {
        ("gives_back=where(both(SLOT_SIZE == 1, _BY_TARGETS), 1, 0),", "0  ->  -1"): _FLAG,
    },
    "calculator/model/vpc_cni/node_table.py": {
        (
            'with_address = ref("active_ips") if pool else minimum(PODS, CAPACITY)',
            "minimum(PODS, CAPACITY)  ->  minimum(CAPACITY)",
        ): "no more than the pods of the row are counted below",
    },
    "calculator/model/vpc_cni/plan_sheet.py": {
        ('header="N",  # which keeps the formula of Check short', "*"): "any short header does",
    },
    "calculator/model/vpc_cni/prefixes.py": {
        ("_PEAK_PREFIXES + maximum(0, _SINGLES),", "0  ->  -1"): "there are never fewer than 0",
    },
    "calculator/model/vpc_cni/rows.py": {
        ('("os_fault", "System", "os"),', "'System'  ->  'ystem'"): "what a step is called",
    },
    "calculator/model/vpc_cni/shares.py": {
        (
            'room = (at.ref("attached_enis") - 1) * of_eni - ref(part) if has_pool else number(0)',
            "0  ->  -1",
        ): "without a pool no pods move",
    },
    "calculator/model/vpc_cni/sizes.py": {
        (
            "holds = holds + (need - need)  # an error where that is one",
            "holds + (need - need)  ->  holds - (need - need)",
        ): "nothing is added or taken off",
    },
    "calculator/model/vpc_cni/sizes_sheet.py": {
        (
            'yield cell("G", "planned", where(is_planned, "as planned", ""), "word")',
            "cell('G', 'planned', where(is_planned, 'as planned', ''), 'word')  ->  cell('G', 'planned', where(is_planned, 'as planned', ''))",
        ): "how a word stands in its cell",
    },
    "calculator/model/vpc_cni/whole_plan.py": {
        (
            'return total_product(column, "units")',
            "total_product(column, 'units')  ->  total_product('units', column)",
        ): "a product is the same in either order",
        (
            '_IDLE = where(_HELD == 0, 0, total_product("warm_ips", "nodes") / maximum(1, _HELD))',
            "total_product('warm_ips', 'nodes')  ->  total_product('nodes', 'warm_ips')",
        ): "a product either way",
        (
            'known(total_product(hosted, "zone_nodes")),',
            "total_product(hosted, 'zone_nodes')  ->  total_product('zone_nodes', hosted)",
        ): "a product has no order",
    },
    "calculator/parity/precedents.py": {
        (
            "yield self._by_column.get((there.name, found.header), there.name), False",
            "False  ->  True",
        ): "what was lost is found by its place before that is asked",
        (
            "elif found is not None and name.name in layout.places:",
            "found is not None and name.name in layout.places  ->  found is not None or name.name in layout.places",
        ): "what a sheet declares, and nothing else, has a place",
        (
            "elif found is not None and name.name in layout.places:",
            "found is not None and name.name in layout.places  ->  name.name in layout.places",
        ): "what a sheet declares, and nothing else, has a place",
    },
    "calculator/verify.py": {
        (
            "for one in _compared(checked, True, True):",
            "True  ->  False",
        ): "which cells hold formulas depends on neither",
    },
    "calculator/workbook/filled_in.py": {
        (
            'return float(f"{value:.15g}") if isinstance(value, float) and value % 1 else value',
            "1  ->  2",
        ): "a whole number that an input takes has fewer than 15 digits",
        (
            'reading.groups[column.name].append("" if column.is_text else column.empty or 0.0)',
            "column.empty or 0.0  ->  column.empty",
        ): "where an empty row counts, all numbers have one: it is said for the type checker",
        (
            "if setting.defined_name and setting.name not in sheet.layout.missing:",
            "setting.defined_name and setting.name not in sheet.layout.missing  ->  setting.defined_name or setting.name not in sheet.layout.missing",
        ): "no name is called None, and one whose label is gone refers to where that should be",
        (
            "if setting.defined_name and setting.name not in sheet.layout.missing:",
            "setting.defined_name and setting.name not in sheet.layout.missing  ->  setting.name not in sheet.layout.missing",
        ): "no name is called None",
        (
            'others = [found.get(name, _NO_CELL) for name in ("instances", "pods_per_node")]',
            "found.get(name, _NO_CELL)  ->  found.get(name)",
        ): "they are not asked for where a column is missing",
    },
    "calculator/workbook/reading.py": {
        (
            "return [cell.value for cell in cells.values() if isinstance(cell.value, str)]",
            "for cell in cells.values() if isinstance(cell.value, str)  ->  for cell in cells.values()",
        ): "what is asked of it are words",
    },
    "calculator/workbook/places.py": {
        ("_MOST_EMPTY = 4", "*"): "a margin: more empty settings than anybody leaves",
        ("MOST_INSERTED, MOST_ROWS = 3, 10", "*"): "a margin: more than anybody inserts at once",
        (
            "each.holds is None and cells.get(inserted.beside(label, each), _NO_CELL).formula is None",
            "each.holds is None and cells.get(inserted.beside(label, each), _NO_CELL).formula is None  ->  each.holds is None or cells.get(inserted.beside(label, each), _NO_CELL).formula is None",
        ): _LONG,
        (
            "each.holds is None and cells.get(inserted.beside(label, each), _NO_CELL).formula is None",
            "each.holds is None and cells.get(inserted.beside(label, each), _NO_CELL).formula is None  ->  cells.get(inserted.beside(label, each), _NO_CELL).formula is None",
        ): _LONG,
        (
            "each.holds is None and cells.get(inserted.beside(label, each), _NO_CELL).formula is None",
            "each.holds is None and cells.get(inserted.beside(label, each), _NO_CELL).formula is None  ->  each.holds is None",
        ): _LONG,
        (
            "near = min(found, key=lambda one: _far(one.label_place, each.label_place))",
            "_far(one.label_place, each.label_place)  ->  _far(each.label_place, one.label_place)",
        ): "as far from either end",
        (
            "return alone | {each: likely(each) for each in there if each not in alone}",
            "for each in there if each not in alone  ->  for each in there",
        ): _LONG,
        ("score, taken = 0, {*labels}", "*"): "a score is only compared with others",
        (
            "numbers = sorted(range(-MOST_INSERTED, MOST_INSERTED + 1), key=abs)",
            "1  ->  2",
        ): "a margin: more than anybody inserts at once",
        ("score += 1", "1  ->  2"): "what fits counts for more, of all ways alike",
        (
            "_score(found, cells, taken, way) - (_MOST_EMPTY if way.number < 0 else 0)",
            "0  ->  1",
        ): "a margin",
        (
            "_score(found, cells, taken, way) - (_MOST_EMPTY if way.number < 0 else 0)",
            "0  ->  -1",
        ): "a margin",
        (
            "if found and (",
            "found and (has_gap or any((each.holds is None and cells.get(inserted.beside(label, each), _NO_CELL).formula is None f...  ->  found",
        ): _LONG,
        (
            "if label[0] < self.row <= below:",
            "label[0] < self.row <= below  ->  label[0] <= self.row <= below",
        ): "no label stands in a row that was inserted",
    },
    "calculator/xlsx/formula_text.py": {
        ("_VALUE, _SIGN = -2, -1", "2  ->  3"): "below the sign's, whatever it is",
    },
    "calculator/xlsx/formula.py": {
        (
            "if area.top != area.bottom and self.row in (one.top, other.top):",
            "area.top != area.bottom and self.row in (one.top, other.top)  ->  area.top != area.bottom or self.row in (one.top, other.top)",
        ): "remembers less, and computes it anew",
        ("self.rows = range(first, last + 1)", "1  ->  0"): "remembers less, and computes it anew",
    },
    "calculator/model/sheet.py": {
        (
            "yield from (column.formula for column in self.computed if column.formula is not None)",
            "for column in self.computed if column.formula is not None  ->  for column in self.computed",
        ): "all computed columns have one: it is said for the type checker",
    },
    "calculator/parity/lost_tables.py": {
        (
            '[area] = canonical(text, sheet="", row=0, column=0, geometry=geometry)',
            "0  ->  1",
        ): "names of tables are read alike from every cell",
        (
            '[area] = canonical(text, sheet="", row=0, column=0, geometry=geometry)',
            "0  ->  -1",
        ): "names of tables are read alike from every cell",
        (
            "as_written = _as_written(reading, lost.values()) if tables else {}",
            "*",
        ): _LONG,
        (
            'written.setdefault((layout.name, column.header), set()).add(f"={text}")',
            "*",
        ): _LONG,
        (
            "if each.found in as_written.get((each.sheet, each.column), ()) or self._explain(each)",
            "each.found in as_written.get((each.sheet, each.column), ()) or self._explain(each)  ->  self._explain(each)",
        ): _LONG,
        (
            "if each.found in as_written.get((each.sheet, each.column), ()) or self._explain(each)",
            "as_written.get((each.sheet, each.column), ())  ->  as_written.get((), (each.sheet, each.column))",
        ): _LONG,
        (
            "book[layout.sheet.name] = replace(",
            "replace(layout, table=own, table_last_row=last, data={}, book=book)  ->  replace(layout, table=own, table_last_row=last, data={})",
        ): _LONG,
        (
            "text = layout.formula(column.name, layout.first_row, spare=spare)",
            "layout.formula(column.name, layout.first_row, spare=spare)  ->  layout.formula(column.name, spare=spare)",
        ): _LONG,
        (
            "own = names.get(layout.name, layout.table)",
            "names.get(layout.name, layout.table)  ->  names.get(layout.name)",
        ): _LONG,
        (
            "own = names.get(layout.name, layout.table)",
            "names.get(layout.name, layout.table)  ->  names.get(layout.table, layout.name)",
        ): _LONG,
        (
            "text = layout.formula(column.name, layout.first_row, spare=spare)",
            "layout.formula(column.name, layout.first_row, spare=spare)  ->  layout.formula(column.name, layout.first_row)",
        ): _LONG,
        (
            'headers = tuple(at.get(number, "") for number in range(min(at), max(at) + 1))',
            "''  ->  '?'",
        ): "no formula names a column without a header",
        (
            "return Table(name, first.sheet, 0, first.top, first.bottom, min(at), headers)",
            "0  ->  1",
        ): "no formula names the headers of a data table",
        ("for spare in (False, True):", "False  ->  True"): _LONG,
        (
            "cells = ((at, sheet.cells.get((layout.header_row, at))) for at in range(first, last + 1))",
            "1  ->  2",
        ): "no formula names what is beyond the last column",
        (
            "return Table(name, first.sheet, 0, first.top, first.bottom, min(at), headers)",
            "0  ->  -1",
        ): "no formula names the headers of a data table",
    },
    "calculator/workbook/several_inputs.py": {
        (
            'of_types = sheet.layout.columns.get("instance_type", 0)',
            "*",
        ): "no column is 0, -1 or None",
    },
    "calculator/parity/moved.py": {
        (
            'done = "deleted here" if self.off > 0 else f"inserted here, or {ways[0]} this,"',
            "0  ->  -1",
        ): "what is off is off by something",
        (
            "return refers_to(found, table.name) and same_formula(",
            "same_formula(NAMED_TABLE.sub(named, found), str(finding.expected), sheet=str(finding.sheet) if own else table.sheet, ...  ->  same_formula(str(finding.expected), NAMED_TABLE.sub(named, found), sheet=str(finding.sheet) if own else table.sheet, ...",
        ): "two formulas are the same in either order",
    },
    "calculator/parity/data_tables.py": {
        ("known = Kept[tuple[object, ...], _Found](1_024)", "*"): _ROOM,
    },
    "calculator/parity/exchanged.py": {
        (
            "for each in layout.sheet.placed",
            "for each in layout.sheet.placed if each.name not in layout.missing  ->  for each in layout.sheet.placed",
        ): "the cell of a label that is gone is looked for as far away as the others have moved",
        ("if len(moved) < 2:", "2  ->  1"): _LONG,
        (
            "if len(moved) < 2:",
            "len(moved) < 2  ->  len(moved) <= 2",
        ): "two that were exchanged moved in two ways beside that of all others",
    },
    "calculator/workbook/widths.py": {
        (
            "return needs > own and needs > self._hidden.width(at[1], self._end(at, 1))",
            "needs > own and needs > self._hidden.width(at[1], self._end(at, 1))  ->  needs > own or needs > self._hidden.width(at[1], self._end(at, 1))",
        ): _ROOM,
        (
            "return needs > own and needs > self._hidden.width(at[1], self._end(at, 1))",
            "needs > own and needs > self._hidden.width(at[1], self._end(at, 1))  ->  needs > self._hidden.width(at[1], self._end(at, 1))",
        ): _ROOM,
        (
            "return 0 if layout.inserted.number else _free_beside(layout.sheet).get(name, 0)",
            "0  ->  -1",
        ): "fewer columns than none are as none",
    },
    "calculator/workbook/validations.py": {
        ("_RULES = Kept[Hashable, _Rules](256)", "*"): _ROOM,
        (
            "and area.left <= where.columns[where.key] <= area.right",
            "area.left <= where.columns[where.key] <= area.right  ->  area.left <= where.columns[where.key] > area.right",
        ): _LONG,
        (
            "and area.top <= where.last_row",
            "area.top <= where.last_row  ->  area.top > where.last_row",
        ): _LONG,
        (
            "and area.top <= where.last_row",
            "area.top <= where.last_row  ->  area.top < where.last_row",
        ): _LONG,
        (
            "return (",
            "return where.sheet.casefold() == area.sheet and area.left <= where.columns[where.key] <= area.right and (area.top <= ...  ->  return None",
        ): _LONG,
    },
    "calculator/workbook/finder.py": {
        (
            "moved = header_row - sheet.header_row if header_row else 0",
            "0  ->  -1",
        ): "of a sheet without a node table some label is there, and says it",
        (
            'match = _ONE_CELL.fullmatch(meaning_of(package, sheet, name) or "")',
            "''  ->  '?'",
        ): "neither is a cell",
        (
            "if package.size_of(name) > LARGE:",
            "package.size_of(name) > LARGE  ->  package.size_of(name) >= LARGE",
        ): _ROOM,
    },
    "calculator/workbook/data_places.py": {
        ("HEADER_ROWS = 400", "*"): "a margin: more rows than anybody puts above a table",
        ("LARGE = 4 << 20", "*"): _ROOM,
        (
            "cells = package.cells(name, until_row=HEADER_ROWS if large else MAX_ROW)",
            "package.cells(name, until_row=HEADER_ROWS if large else MAX_ROW)  ->  package.cells(name)",
        ): _ROOM,
        (
            "large = package.size_of(name) > LARGE",
            "package.size_of(name) > LARGE  ->  package.size_of(name) >= LARGE",
        ): _ROOM,
    },
    "calculator/parity/together.py": {
        (
            "_MOST_LOST = 20",
            "*",
        ): "a margin: of what is pasted over few formulas, or none, are restored",
        ("continue", "continue  ->  pass"): "where nothing is lost, nothing is lost with it",
    },
}
