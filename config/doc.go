// Package config turns command line flags, environment variables, a .env file
// and files with secrets into one checked Config.
//
// A flag wins over the environment, the environment wins over .env, and .env wins
// over the default. An empty value counts as unset. NAME_FILE names a file that holds
// the secret NAME; the file wins over a NAME from the same source. Load reports all
// wrong settings at once.
//
// Only this package imports viper. Only cmd imports this package.
package config
