/** What one object takes of the resources that quotas count: shared with the controller that counts again. */
export * from '../../api/core/quotausage.js';
