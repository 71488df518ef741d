mod claims;
mod lists;
mod tokens;

use crate::verify::Budget;

fn budget() -> Budget {
    Budget::presentation()
}
