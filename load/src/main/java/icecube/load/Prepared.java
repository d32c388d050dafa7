// SPDX-License-Identifier: Apache-2.0
package icecube.load;

/**
 * A request that is ready to be sent.
 *
 * @param itemCount items in it
 * @param rowCount rows of all its items, without padding
 * @param message it, without an id
 */
record Prepared<Q>(int itemCount, int rowCount, Q message) {}
