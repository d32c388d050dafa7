// SPDX-License-Identifier: Apache-2.0

/** Room cli. */
@NullMarked
package icecube.cli;

import org.jspecify.annotations.NullMarked;
