// SPDX-License-Identifier: Apache-2.0

/** Room proto. */
@NullMarked
package icecube.proto;

import org.jspecify.annotations.NullMarked;
