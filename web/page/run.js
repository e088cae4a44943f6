// The one script of what runs in the page. It is small: Python, and all else that only a run needs, is
// fetched at the first Run, Start or Check.
import { setUpBenches } from "./bench.js";
import { setUpCells } from "./cells.js";

setUpCells();
setUpBenches();
