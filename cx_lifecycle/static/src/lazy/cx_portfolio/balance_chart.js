import { CAME, LEFT, RULES, moveNames, signed } from "./balance";

const THIN = 20; // pixels: bars of a short period are no walls

/**
 * What Chart.js draws: months across, who came above zero, who left below, the rules beside
 * them, the net as a line.
 *
 * @param {Object} balance as the server gives it
 * @param {Object} options
 * @param {boolean} options.isMoney
 * @param {Object<string, string>} options.colors by movement, `net`, `text` and `grid`
 * @param {string} options.netName
 * @param {(number: number, isShort?: boolean) => string} options.format
 * @param {(list: Object) => void} options.onOpen
 */
export function chartConfig(balance, { isMoney, colors, netName, format, onOpen }) {
    const unit = isMoney ? "worth" : "customers";
    const datasets = [netLine(balance, unit, netName, colors), ...bars(balance, unit, colors)];
    return {
        data: { labels: balance.months.map((month) => month.label), datasets },
        options: {
            maintainAspectRatio: false,
            animation: false,
            color: colors.text,
            scales: {
                x: { stacked: true, grid: { display: false }, ticks: { color: colors.text } },
                y: {
                    stacked: true,
                    grid: { color: colors.grid },
                    ticks: {
                        color: colors.text,
                        maxTicksLimit: 6,
                        precision: 0,
                        callback: (value) => format(value, true),
                    },
                },
            },
            plugins: {
                legend: { position: "bottom", labels: { color: colors.text, usePointStyle: true } },
                tooltip: {
                    callbacks: {
                        label: ({ dataset, raw }) => `${dataset.label}: ${format(Math.abs(raw))}`,
                    },
                },
            },
            onClick: (ev, [element]) => element && openBar(balance, datasets, element, onOpen),
            onHover: ({ native }, [element]) => {
                const isLink = element && datasets[element.datasetIndex].move;
                native.target.style.cursor = isLink ? "pointer" : "";
            },
        },
    };
}

function bars(balance, unit, colors) {
    const names = moveNames();
    return [...CAME, ...LEFT, RULES]
        .filter((move) => balance.months.some((month) => month.moves[move][unit]))
        .map((move) => ({
            type: "bar",
            move,
            label: names[move],
            stack: move === RULES ? RULES : "balance",
            maxBarThickness: 3 * THIN,
            backgroundColor: colors[move],
            data: balance.months.map((month) => signed(move, month.moves[move], unit)),
        }));
}

function netLine(balance, unit, label, colors) {
    return {
        type: "line",
        label,
        stack: "net",
        data: balance.months.map((month) => month.net[unit]),
        borderColor: colors.net,
        backgroundColor: colors.net,
        borderWidth: 2,
        pointRadius: 3,
    };
}

function openBar(balance, datasets, { datasetIndex, index }, onOpen) {
    const { move } = datasets[datasetIndex];
    const list = move && balance.months[index].moves[move].list;
    if (list) {
        onOpen(list);
    }
}
