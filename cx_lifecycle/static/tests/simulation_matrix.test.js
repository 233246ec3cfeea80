import { expect, test } from "@odoo/hoot";
import { layOutMatrix } from "@cx_lifecycle/widgets/cx_simulation/simulation_matrix";

const STAGES = [
    { id: 4, code: "active", name: "Active" },
    { id: 5, code: "dormant", name: "Dormant" },
];
const names = (lines) => lines.map((line) => line.name);
const counts = ({ rows }) => rows.map((row) => row.cells.map((cell) => cell.count));

test("every pair of stages has a cell, empty ones too", () => {
    const matrix = layOutMatrix(
        { stages: STAGES, cells: [{ from: 4, to: 5, count: 12, value_text: "4,000 €" }] },
        "No stage"
    );
    expect(names(matrix.columns)).toEqual(["Active", "Dormant"]);
    expect(names(matrix.rows)).toEqual(["Active", "Dormant"]);
    expect(counts(matrix)).toEqual([
        [0, 12],
        [0, 0],
    ]);
    const cell = matrix.rows[0].cells[1];
    expect([cell.from.id, cell.to.id, cell.value, cell.stays]).toEqual([4, 5, "4,000 €", false]);
    expect(matrix.rows[1].cells[1].stays).toBe(true);
});

test("who has no stage now adds a row, not a column", () => {
    const matrix = layOutMatrix(
        { stages: STAGES, cells: [{ from: false, to: 4, count: 3 }] },
        "No stage"
    );
    expect(names(matrix.columns)).toEqual(["Active", "Dormant"]);
    expect(names(matrix.rows)).toEqual(["Active", "Dormant", "No stage"]);
    expect(matrix.rows[2].cells[0].count).toBe(3);
});

test("who will have no stage adds a column, unless there is nobody", () => {
    const cells = [
        { from: 4, to: false, count: 2 },
        { from: false, to: 5, count: 0 },
    ];
    const matrix = layOutMatrix({ stages: STAGES, cells }, "No stage");
    expect(names(matrix.columns)).toEqual(["Active", "Dormant", "No stage"]);
    expect(names(matrix.rows)).toEqual(["Active", "Dormant"]);
    expect(matrix.rows[0].cells[2].to.id).toBe(false);
});
