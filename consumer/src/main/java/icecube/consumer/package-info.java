// SPDX-License-Identifier: Apache-2.0

/** Room consumer. */
@NullMarked
package icecube.consumer;

import org.jspecify.annotations.NullMarked;
