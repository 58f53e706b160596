@CAT-PKG-6302 @slow
Feature: What is installed works, and is all that a user needs

  Both packages are packed as npm would publish them, and put to use in projects that have nothing else.

  Rule: A project of any kind can use what it installed

    Scenario Outline: <kind> adds, verifies and finds a model
      Given an empty project that installs <installed>
      When its program "<program>" runs
      Then a model was added, verified and found

      Examples:
        | kind                     | installed   | program    |
        | A module                 | the library | module.mjs |
        | A program with `require` | the library | common.cjs |

    Scenario Outline: <kind> in TypeScript is compiled strictly, and adds, verifies and finds a model
      Given an empty project that installs both packages
      When its program "<program>" is compiled for <resolution>, and runs
      Then a model was added, verified and found

      Examples:
        | kind                     | resolution | program    |
        | A module                 | nodenext   | typed.mts  |
        | A program with `require` | nodenext   | typed.cts  |
        | What will be bundled     | bundler    | bundled.ts |

    Scenario Outline: It works with Node <version>
      Given an empty project that installs the library
      And the program of Node <version>
      When its program "module.mjs" runs with that Node
      Then a model was added, verified and found
      When its program "common.cjs" runs with that Node
      Then a model was added, verified and found

      Examples: The oldest that will do, and each that came after
        | version |
        | 20.19.0 |
        | 22.23.3 |
        | 24.21.0 |
        | 26.9.0  |

    Scenario: Each entry has its types, where its peers are there
      Given an empty project that installs the library and its peers
      When it imports of each entry what it is for:
        | entry         | for               |
        | .             | openCatalog       |
        | ./journal     | Journal           |
        | ./sim         | SimulatedDisk     |
        | ./conformance | runConformance    |
        | ./trace       | traceOf           |
        | ./postgres    | PostgresCatalog   |
        | ./etcd        | EtcdCatalog       |
        | ./otel        | observeCatalogs   |
        | ./prometheus  | CatalogMetrics    |
      Then the entries are all that the package has, and each gave it with its types

    Scenario: Without its peers each entry loads but the one that needs them, which names what is missing
      Given an empty project that installs the library
      Then each entry of it loads but "./trace", which wants "@cucumber/gherkin"
      And who opens a catalog in PostgreSQL is refused as "Unsupported", and told of "npm install pg"

    Scenario Outline: Where the package of the kernel's lock <trouble>, the lock is a <lock>, and doctor tells <told>
      Given an empty project that installs the library
      And the package of the kernel's lock <trouble> there
      When its program "module.mjs" runs
      Then a model was added, verified and found
      And "catalog platform" tells of a lock that is "<lock>"
      And "catalog doctor" tells <told> of that catalog

      Examples: A machine of another kind, such as one with musl, is one on which what is there cannot be loaded
        | trouble                      | lock         | told           |
        | can be loaded                | kernel       | nothing        |
        | has no binary                | owner-record | no-kernel-lock |
        | has one for another machine  | owner-record | no-kernel-lock |
        | is not installed             | owner-record | no-kernel-lock |

    Scenario: The commands of both packages run from where they were installed
      Given an empty project that installs both packages
      Then "catalog" and "catalog-provision" tell the versions of their packages
      And what "catalog" adds, "catalog" locates

  Rule: A package holds what its user needs, and nothing of where it was made

    Scenario Outline: <package> is small, and holds what a user needs alone
      Given the packed package "<package>"
      Then each of its files is one that a user needs, and all of "<promised>" are there
      And none of them tells where it was made, or of a map that is not there
      And it is at most <packed> kB packed, and <unpacked> kB unpacked

      Examples:
        | package                  | promised                                                                            | packed | unpacked |
        | catalog-core             | README.md FORMAT.md SECURITY.md CHANGELOG.md NOTICES.md LICENSE docs/simulation.md  | 1000   | 3500     |
        | catalog-core-provisioner | README.md NOTICES.md LICENSE                                                        | 60     | 180      |

    Scenario Outline: <package> runs nothing when it is installed, and can be published with its provenance
      Given the packed package "<package>"
      Then nothing of it runs when it is installed
      And its command "<command>" can be run
      And it says which Node it needs, its licence, and that its modules do nothing by being loaded
      And it is published for everyone, with its provenance

      Examples:
        | package                  | command           |
        | catalog-core             | catalog           |
        | catalog-core-provisioner | catalog-provision |

    Scenario Outline: Those who judge packages find nothing wrong with <package>
      Given the packed package "<package>"
      Then publint finds nothing wrong with it
      And its types are right for whoever imports it

      Examples:
        | package                  |
        | catalog-core             |
        | catalog-core-provisioner |

  Rule: Whoever hands a package on may do so

    @CAT-SEC-6005
    Scenario Outline: What comes with <package> is on terms that go with ours, and its notices hold them
      Given the packed package "<package>"
      Then all that is installed with it is on terms that go with GPL-3.0-or-later
      And its notices name each of them with its terms

      Examples:
        | package                  |
        | catalog-core             |
        | catalog-core-provisioner |

    @CAT-SEC-6005
    Scenario Outline: Terms that say <terms> <judged>
      Then the terms "<terms>" <judged> with ours

      Examples:
        | terms                         | judged    |
        | MIT                           | go        |
        | (GPL-2.0-only OR MIT)         | go        |
        | MIT AND Apache-2.0            | go        |
        | GPL-2.0-only                  | do not go |
        | MIT AND GPL-2.0-only          | do not go |
        | (MIT OR ISC) AND GPL-2.0-only | do not go |
        | UNLICENSED                    | do not go |
        | SEE LICENSE IN terms.txt      | do not go |

  Rule: What is public changes only when somebody accepts that

    Scenario: The public surface of each entry is the one that was accepted
      Then the public surface is the one that was accepted

    Scenario Outline: <change> is told with its lines
      Given a package that declares "<before>"
      When it declares "<after>" instead
      Then "<told>" is told of its public surface

      Examples:
        | change                              | before                                            | after                                              | told                                        |
        | A name that is gone                 | export type A = 1; export type B = 2;             | export type A = 1;                                 | - // B, - export type B = 2;                |
        | A name more                         | export type A = 1;                                | export type A = 1; export type B = 2;              | + // B, + export type B = 2;                |
        | Another name for the same           | type A = 1; export { A };                         | type A = 1; export { A as B };                     | - // A, + // B                              |
        | Another result                      | export declare function a(): number;              | export declare function a(): string;               | - export declare function a(): number;, + export declare function a(): string; |
        | A parameter that is no option now   | export declare class A { a(b?: 1): void; }        | export declare class A { a(b: 1): void; }          | -     a(b?: 1): void;, +     a(b: 1): void; |
        | A change of what is only spoken of  | interface A { a: 1 } export declare const b: A;   | interface A { a: 2 } export declare const b: A;    | -     a: 1;, +     a: 2;                    |
        | A change of what that speaks of     | type A = 1; type B = A; export declare const c: B; | type A = 2; type B = A; export declare const c: B; | - type A = 1;, + type A = 2;                |

    Scenario Outline: <change> is no change of what is public
      Given a package that declares "<before>"
      When it declares "<after>" instead
      Then nothing is told of its public surface

      Examples:
        | change                          | before                                                      | after                                                |
        | A comment                       | /** One. */ export type A = 1;                              | /** Another. */ export type A = 1;                   |
        | Another order                   | export type A = 1; export type B = 2;                       | export type B = 2; export type A = 1;                |
        | A private member                | export declare class A { private a; b: 1; }                 | export declare class A { b: 1; }                     |
        | What a private member speaks of | type P = 1; export declare class A { private a: P; b: 1; }  | export declare class A { #private; b: 1; }           |
        | What nobody can reach           | type P = 1; export type A = 1;                              | type P = 2; export type A = 1;                       |

  Rule: What is public is written about

    Scenario: A sentence says of each exported name what it promises
      Then no exported name is without a sentence about it

    Scenario: A name without a sentence is told
      Given a package that declares "/** One. */ export type A = 1; export type B = 2;"
      Then it is told that "B" is without a sentence

    @full
    Scenario: The reference of all that is public is made without a warning
      When the reference is made
      Then nothing is amiss with it, and it tells of "verifyAll" of the class "Catalog"
