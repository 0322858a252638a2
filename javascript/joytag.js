// Clicks on tags, the txt2img picture chooser, what the img2img button sends, and the unload link of the settings page.
(function () {
    "use strict";

    function find(selector) {
        return gradioApp().querySelector(selector);
    }

    function setText(selector, text) {
        const box = find(`${selector} textarea, ${selector} input`);
        box.value = text;
        updateInput(box);
    }

    document.addEventListener("click", function (event) {
        const mark = event.target.closest("[data-joytag-action]");
        if (mark) {
            setText("#joytag_clicked", `${mark.dataset.joytagAction} ${mark.dataset.joytagTag}`);
            const isMap = mark.dataset.joytagAction === "map";
            const button = isMap ? "#joytag_map_click" : "#joytag_click";
            find("#joytag_bars").classList.toggle("joytag-busy", isMap);
            // gradio sends what it knows of the text box: give it time to know it.
            setTimeout(() => find(button).click(), 50);
        }
        if (event.target.closest("#joytag_txt2img_interrogate")) {
            const chooser = find("#joytag_txt2img_file input[type=file]");
            if (chooser) {
                chooser.click();
            }
        }
    });

    document.addEventListener("keydown", function (event) {
        if ((event.key === "Enter" || event.key === " ") && event.target.matches(".joytag-name[role=button]")) {
            event.preventDefault();
            event.target.click();
        }
    });

    function takesDrops(event) {
        return event.target.closest && event.target.closest("#joytag_txt2img_interrogate");
    }

    document.addEventListener("dragover", function (event) {
        if (takesDrops(event)) {
            event.preventDefault();
            event.stopPropagation();
        }
    }, true);

    document.addEventListener("drop", function (event) {
        const chooser = takesDrops(event) && find("#joytag_txt2img_file input[type=file]");
        if (chooser && event.dataTransfer.files.length) {
            event.preventDefault();
            event.stopPropagation();
            chooser.files = event.dataTransfer.files;
            chooser.dispatchEvent(new Event("change", {bubbles: true}));
        }
    }, true);

    // reForge (March 2026) holds an Inpaint picture that nobody has painted on as plain text, and its server then fails
    // on the missing mask. The mode and two folders come before the pictures; Inpaint's is the third of these.
    window.joytagImg2imgInputs = function () {
        const inpaint = 5;
        const values = get_img2img_tab_index(...arguments);
        if (typeof values[inpaint] === "string" && values[inpaint]) {
            values[inpaint] = {image: values[inpaint], mask: values[inpaint]};
        }
        return values;
    };

    // The clicked tag may be far below the map that it opens; what was hidden until now has no height yet.
    window.joytagShowPlace = function () {
        find("#joytag_bars").classList.remove("joytag-busy");
        setTimeout(() => {
            const place = find("#joytag_place");
            if (place) {
                place.scrollIntoView({block: "nearest", behavior: "smooth"});
            }
        }, 200);
    };

    window.joytagUnload = function () {
        find("#joytag_unload").click();
    };
}());
