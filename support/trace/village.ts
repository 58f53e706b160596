import type { Project } from './project.js';

/** A project in which nothing is wrong: requirements with one scenario and with several, with clauses and without, cited in code. */
export const village: Project = {
  specification: `# A village
- [REQ-1] Bridge
  - GIVEN a river
  - WHEN somebody comes to it
  - THEN they MUST get across; nobody MUST NOT get wet
- [REQ-2] Mill
  - A mill MUST grind. It SHOULD be heard.
- [REQ-3] Well
  - A well MUST have water.
- [REQ-4] Inn
  - An inn SHOULD have beds.
`,
  features: {
    'features/bridge.feature': `Feature: Bridge

  @REQ-1 @normative
  Scenario: Bridge
    Given a river
    When somebody comes to it
    Then they MUST get across; nobody MUST NOT get wet

  @REQ-1
  Scenario: Flood
    Given a flood
    Then the bridge stands
`,
    'features/mill.feature': `Feature: Mill

  @REQ-2
  Scenario: Corn
    When corn is brought
    Then there is flour

  @REQ-2 @REQ-3
  Scenario: Water
    Given a dry summer
    When the mill stands
    Then the well has water

  @REQ-4
  Scenario: Beds
    Then there are beds
    And they are dry
`,
  },
  code: { 'src/bridge.ts': '// REQ-1: nobody gets wet\n// REQ-1 again\n', 'src/mill.ts': '/** REQ-2, and REQ-3 for its pond. */\n' },
};
