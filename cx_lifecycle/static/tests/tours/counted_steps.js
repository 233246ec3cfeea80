/** The number that was clicked; its list has as many rows. */
let counted = 0;

/** Open a number, and hold it against its list. */
export const openNumber = (content, trigger) => [
    {
        content,
        trigger,
        run({ anchor }) {
            counted = Number(anchor.textContent.replace(/\D/g, ""));
            anchor.click();
        },
    },
    {
        content: "as many rows as the number says",
        trigger: ".o_list_view .o_data_row:visible",
        run({ anchor }) {
            const rows = anchor.closest("tbody").querySelectorAll(".o_data_row").length;
            if (rows !== counted) {
                throw new Error(`${counted} were counted, ${rows} are listed`);
            }
        },
    },
];

export const back = {
    content: "back",
    trigger: ".o_back_button, .o_breadcrumb .breadcrumb-item a",
    run: "click",
};
