// SPDX-License-Identifier: Apache-2.0

/** Room stream. */
@NullMarked
package icecube.stream;

import org.jspecify.annotations.NullMarked;
