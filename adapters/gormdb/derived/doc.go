// Package derived compares the tables that triggers derive with the tables that they
// are derived from, derives them again, and fills gaps of the value index.
//
// It imports GORM, and the packages session and tables.
package derived
