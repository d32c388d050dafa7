// SPDX-License-Identifier: Apache-2.0

/** Room dataset. */
@NullMarked
package icecube.dataset;

import org.jspecify.annotations.NullMarked;
