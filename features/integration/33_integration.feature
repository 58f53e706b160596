@slow
Feature: Integration of catalog-core

  The words of these scenarios are those of specs/10-integration.md. The gate compares the two: change neither alone.

  @CAT-INT-3301 @MUST
  Rule: [CAT-INT-3301] Crash‑Safety Atomicity

    @normative
    Scenario: Crash‑Safety Atomicity
      Given writes that simulate a crash after writing a temp file but before atomic rename
      When the process restarts and reopens the catalog
      Then the index MUST be readable and reflect either the prior committed state or the fully committed new state; partial/garbled states MUST NOT load

  @CAT-INT-3302 @MUST
  Rule: [CAT-INT-3302] Engine Entry Integration

    @normative
    Scenario: Engine Entry Integration
      Given `engine-provisioner` writes an `EngineEntry` via `FsCatalog`
      When reading engine metadata from the catalog
      Then fields MUST match the write (`engine`, `version`, `build_ref?`, `digest?`, `artifacts[]`, `created_ms`) and MUST be atomic

  @CAT-INT-3303 @MUST
  Rule: [CAT-INT-3303] Concurrent Readers (advisory)

    @normative
    Scenario: Concurrent Readers (advisory)
      Given a long‑running reader while a writer performs atomic rename
      When the rename occurs
      Then the reader MUST continue to observe a consistent snapshot (old file), and subsequent opens MUST observe the new file

  @CAT-INT-3311 @MUST
  Rule: [CAT-INT-3311] Atomic Writes & Crash Simulation

    @normative
    Scenario: Atomic Writes & Crash Simulation
      Given a temp root and an index write in progress
      When the process is interrupted between temp write and rename
      Then reopening MUST yield a valid index (previous or new committed state)

  @CAT-INT-3312 @MUST
  Rule: [CAT-INT-3312] Engine Entry Integration

    @normative
    Scenario: Engine Entry Integration
      Given an engine entry added by provisioners
      When reading via `FsCatalog`
      Then fields (`engine`, `version`, `binary_path`, `sampler_profile_version?`) appear as expected

  @CAT-INT-3313 @MUST
  Rule: [CAT-INT-3313] Concurrency Guards

    @normative
    Scenario: Concurrency Guards
      Given concurrent writers under the same root
      When performing writes
      Then advisory mechanisms prevent corruption and readers see a consistent view
