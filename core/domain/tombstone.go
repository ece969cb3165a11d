package domain

// Tombstone is who has uploaded what stays when its uploader is removed. It is in
// no list of users, cannot be removed, and never logs in: no provider is trusted
// that has its issuer.
var Tombstone = UserID{Subject: "removed", Issuer: "urn:eosc-perf:removed"}
